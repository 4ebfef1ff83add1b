import { isJsonObject } from '../base/json.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { Refusal } from './protocol.ts';

/** What is asked about a pipeline. */
export interface Question {
  readonly file: string;
  readonly set: readonly string[];
  readonly stages: readonly string[];
  /** Empty if absent. */
  readonly stage: string;
}

/** @param text of a request: JSON of somebody, looked at member by member */
export function parseQuestion(text: string): Result<Question, Refusal> {
  const question = parsed(text);
  if (!isJsonObject(question)) return failure({ message: 'expected a JSON object' });
  const { file, set = [], stages = [], stage = '' } = question;
  if (typeof file !== 'string') return failure({ message: 'expected "file" to be a text' });
  if (typeof stage !== 'string') return failure({ message: 'expected "stage" to be a text' });
  if (!isTexts(set)) return failure({ message: 'expected "set" to be a list of texts' });
  if (!isTexts(stages)) return failure({ message: 'expected "stages" to be a list of texts' });
  if ([file, stage, ...set, ...stages].some((text) => text.includes('\0'))) {
    return failure({ message: 'expected texts without a null character' });
  }
  return success({ file, set, stages, stage });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= 1000 && value.every((item) => typeof item === 'string');
}
