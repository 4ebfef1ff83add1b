/** Numbers from a file, row by row. */
export interface Table {
  /** [rows, columns]; [rows] where the file has one list. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float64Array;
}
