// The WASM module of our kernels. It works on the memory of TensorFlow.js' WASM backend and owns none itself: no
// globals in memory, no stack, no allocation. Everything is [batch, height, width, channels], float32.
export { convolutionScratch, filterGradient, inputGradient } from './convolution';
export { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
export { adam, columnSums, momentum, reluGradient } from './elementwise';
export { avgPoolGradient, maxPoolGradient, maxPoolGradient2x2 } from './pool';
export { winogradFilter, winogradFilterGradient, winogradForward, winogradScratch } from './winograd';
