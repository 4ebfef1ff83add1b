/**
 * A pipeline with a teacher whose epochs take long enough that somebody steps in between two of them.
 * @param more stages
 */
export function longTraining(epochs: number, more = ''): string {
  return `version: 1
name: training
params: { seed: 42 }
stages:
  load-data:
    type: load-data
    with: { dataset: mnist-10k, split: { train: 1500, validation: 100, test: 100 } }
  train-teacher:
    type: train-teacher
    needs: { data: load-data }
    with:
      model: [{ conv2d: { filters: 6, kernelSize: 3, activation: relu } }, { maxPooling2d: 2 }, flatten, { dense: 10 }]
      optimizer: { adam: { learningRate: 0.001 } }
      batchSize: 32
      epochs: ${epochs}
${more}`;
}
