/** What TensorBoard reads, as its event.proto, summary.proto, tensor.proto and hparams/plugin_data.proto number the fields; no more of them than is used. */
import { PbfWriter } from 'pbf';
import type { JsonScalar } from '../scalars.ts';

export interface SummaryEvent {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly step: number;
  readonly values: readonly SummaryValue[];
}

export type SummaryValue =
  | { readonly tag: string; readonly number: number }
  /** Markdown. */
  | { readonly tag: string; readonly text: string }
  | { readonly sessionStart: SessionStart }
  | { readonly sessionEnd: SessionEnd };

/** A row of the page on hyperparameters. */
interface SessionStart {
  readonly name: string;
  readonly time: number;
  readonly hyperparameters: Readonly<Record<string, JsonScalar>>;
}

interface SessionEnd {
  readonly time: number;
  readonly status: 'success' | 'failure' | 'running';
}

/** What an event file begins with. */
export function versionMessage(time: number): Uint8Array {
  return message((pbf) => {
    pbf.writeDoubleField(1, time / 1000);
    pbf.writeStringField(3, 'brain.Event:2');
  });
}

export function eventMessage({ time, step, values }: SummaryEvent): Uint8Array {
  return message((pbf) => {
    pbf.writeDoubleField(1, time / 1000);
    // As protobuf writes it: what is 0 is left out.
    if (step !== 0) pbf.writeVarintField(2, step);
    pbf.writeMessage(5, writeSummary, values);
  });
}

function writeSummary(values: readonly SummaryValue[], pbf: PbfWriter): void {
  for (const value of values) pbf.writeMessage(1, writeValue, value);
}

function writeValue(value: SummaryValue, pbf: PbfWriter): void {
  if ('number' in value) {
    pbf.writeStringField(1, value.tag);
    pbf.writeFloatField(2, value.number);
  } else if ('text' in value) {
    pbf.writeStringField(1, value.tag);
    pbf.writeMessage(8, writeTextTensor, value.text);
    pbf.writeMessage(9, writeMetadata, { plugin: 'text', content: new Uint8Array() });
  } else {
    pbf.writeStringField(1, `_hparams_/session_${'sessionStart' in value ? 'start' : 'end'}_info`);
    pbf.writeMessage(8, writeNoTensor, undefined);
    pbf.writeMessage(9, writeMetadata, { plugin: 'hparams', content: sessionMessage(value) });
  }
}

function writeMetadata({ plugin, content }: { plugin: string; content: Uint8Array }, pbf: PbfWriter): void {
  pbf.writeMessage(
    1,
    (_, data) => {
      data.writeStringField(1, plugin);
      if (content.length > 0) data.writeBytesField(2, content);
    },
    undefined,
  );
}

const DT_FLOAT = 1;
const DT_STRING = 7;

/** Without dimensions. */
function writeTextTensor(text: string, pbf: PbfWriter): void {
  pbf.writeVarintField(1, DT_STRING);
  pbf.writeMessage(2, () => undefined, undefined);
  pbf.writeBytesField(8, new TextEncoder().encode(text));
}

/** What has no value of its own must have one in a file, or TensorBoard drops it: a float of shape [1]. */
function writeNoTensor(_: undefined, pbf: PbfWriter): void {
  pbf.writeVarintField(1, DT_FLOAT);
  pbf.writeMessage(
    2,
    (_shape, shape) => {
      shape.writeMessage(
        2,
        (_dim, dim) => {
          dim.writeVarintField(1, 1);
        },
        undefined,
      );
    },
    undefined,
  );
  pbf.writePackedFloat(5, [0]);
}

const statuses = { success: 1, failure: 2, running: 3 };

/** HParamsPluginData, of version 0. */
function sessionMessage(value: Extract<SummaryValue, { sessionStart: unknown } | { sessionEnd: unknown }>): Uint8Array {
  return message((pbf) => {
    if ('sessionStart' in value) pbf.writeMessage(3, writeSessionStart, value.sessionStart);
    else pbf.writeMessage(4, writeSessionEnd, value.sessionEnd);
  });
}

function writeSessionStart({ name, time, hyperparameters }: SessionStart, pbf: PbfWriter): void {
  for (const entry of Object.entries(hyperparameters)) pbf.writeMessage(1, writeEntry, entry);
  pbf.writeStringField(4, name);
  pbf.writeDoubleField(5, time / 1000);
}

function writeSessionEnd({ time, status }: SessionEnd, pbf: PbfWriter): void {
  pbf.writeVarintField(1, statuses[status]);
  pbf.writeDoubleField(2, time / 1000);
}

/** Of a map to google.protobuf.Value. */
function writeEntry([name, value]: readonly [string, JsonScalar], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(2, writeScalar, value);
}

function writeScalar(value: JsonScalar, pbf: PbfWriter): void {
  if (typeof value === 'number') pbf.writeDoubleField(2, value);
  else if (typeof value === 'string') pbf.writeStringField(3, value);
  else pbf.writeBooleanField(4, value);
}

function message(write: (pbf: PbfWriter) => void): Uint8Array {
  const pbf = new PbfWriter();
  write(pbf);
  return pbf.finish();
}
