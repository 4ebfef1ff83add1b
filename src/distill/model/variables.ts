import * as tf from '../../tensor/tf.ts';

/** The numbers of all variables, one after the other. Waits for the device. */
export function readVariables(variables: readonly tf.Variable[]): Float32Array {
  const values = new Float32Array(variables.reduce((sum, { size }) => sum + size, 0));
  let offset = 0;
  for (const variable of variables) {
    values.set(variable.dataSync<'float32'>(), offset);
    offset += variable.size;
  }
  return values;
}

/** @throws Error where the numbers are not as many as the variables' */
export function assignVariables(variables: readonly tf.Variable[], values: Float32Array): void {
  const size = variables.reduce((sum, variable) => sum + variable.size, 0);
  if (values.length !== size) throw new Error(`${values.length} numbers for variables of ${size}`);
  tf.tidy(() => {
    let offset = 0;
    for (const variable of variables) {
      // A copy: a backend may keep the array that a tensor is made from.
      const part = values.slice(offset, offset + variable.size);
      variable.assign(tf.tensor(part, variable.shape, 'float32'));
      offset += variable.size;
    }
  });
}
