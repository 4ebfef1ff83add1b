/** Float32 arrays as bytes, little-endian whatever the machine. */

const machineIsLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export function floatBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  return machineIsLittle ? bytes : swapped(bytes);
}

/** @throws Error where the bytes are not `count` floats */
export function bytesToFloats(bytes: Uint8Array, count: number): Float32Array {
  if (bytes.length !== 4 * count) throw new Error(`${bytes.length} bytes for ${count} float32 numbers`);
  // A copy: what comes from a file need not lie on a multiple of 4. Not `slice`, which in a Buffer copies nothing.
  const copy = new Uint8Array(bytes);
  return new Float32Array((machineIsLittle ? copy : swapped(copy)).buffer);
}

function swapped(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  for (let start = 0; start < copy.length; start += 4) copy.subarray(start, start + 4).reverse();
  return copy;
}
