import { inflateSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { defaultPayloadConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import { largePayloads } from '../../../src/engine/temporal/large-payloads.ts';

const stages = Array.from({ length: 10_000 }, (_, place) => ({
  id: `train-student@temperature=${place % 10},seed=${place}`,
  needs: [place, place + 1],
}));

test('what is large is compressed, and comes back as it was', async () => {
  const plain = defaultPayloadConverter.toPayload({ stages });
  const [sent] = await largePayloads.encode([plain]);
  expect(plain.data?.length).toBeGreaterThan(500_000);
  expect(sent?.data?.length).toBeLessThan(200_000);
  const [back] = await largePayloads.decode([sent ?? {}]);
  expect(defaultPayloadConverter.fromPayload(back ?? {})).toEqual({ stages });
});

test('it is written as Temporal’s own codecs write it', async () => {
  const [sent] = await largePayloads.encode([defaultPayloadConverter.toPayload({ stages })]);
  expect(Buffer.from(sent?.metadata?.['encoding'] ?? '').toString()).toBe('binary/zlib');
  const { Payload } = proto.temporal.api.common.v1;
  const payload = Payload.decode(inflateSync(sent?.data ?? new Uint8Array()));
  expect(defaultPayloadConverter.fromPayload(payload)).toEqual({ stages });
});

test('what is small stays readable in Temporal’s page, beside what is large', async () => {
  const [small, large] = [{ code: 'd' }, { stages }].map((value) => defaultPayloadConverter.toPayload(value));
  const sent = await largePayloads.encode([small ?? {}, large ?? {}]);
  expect(sent[0]).toEqual(small);
  const back = await largePayloads.decode(sent);
  expect(back.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual([{ code: 'd' }, { stages }]);
});
