import type { Output } from '../../src/report/sink.ts';

/** An output that keeps what is written. */
export interface TextOutput extends Output {
  text(): string;
  lines(): string[];
}

export function textOutput(more: Partial<Output> = {}): TextOutput {
  let written = '';
  return {
    ...more,
    write(text) {
      written += text;
    },
    text: () => written,
    lines: () => written.split('\n').slice(0, -1),
  };
}
