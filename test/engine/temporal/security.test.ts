import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { filesIn } from '../../e2e/store-content.ts';
import { stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun } from './cluster.ts';
import { newCertificates, openssl, secureFront } from './front.ts';
import { describeWithTemporal } from './server.ts';

const files = {
  'p.yaml': `version: 1
name: greeting
stages:
  greet: { run: 'echo hello > greeting.txt', outputs: [greeting.txt] }
`,
};

/** The address is the variable's, as where people keep one for all their projects. */
function clusterAt(address: string, env: Readonly<Record<string, string>>): ReturnType<typeof newCluster> {
  return newCluster({ address, env: { HOME: temporaryFolder(), ...env } });
}

describeWithTemporal('behind TLS', (temporal) => {
  const tests = openssl === undefined ? describe.skip : describe;
  tests(openssl === undefined ? '(skipped: no openssl in PATH to make certificates with)' : 'with certificates', () => {
    test('and an API key, a run and its worker come through, and the key is in no file and no word', async () => {
      const certificates = await newCertificates();
      const apiKey = 'a-key-that-must-appear-nowhere';
      const front = await secureFront(temporal().port, { certificates, apiKey });
      const shared = `${temporaryFolder()}/shared`;
      const tls = { TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.authority };
      const env = { HOME: temporaryFolder(), TEMPORAL_API_KEY: apiKey, ...tls };
      const cluster = newCluster({ address: front.address, remote: `{ folder: ${shared} }`, env });
      const worker = await cluster.worker();
      const client = await cluster.client(files);
      const { exitCode, events, stderr } = await startRun(client, 'p.yaml').ended;
      expect(stderr).toBe('');
      expect(exitCode).toBe(0);
      expect(stagesWith(events, 'stage-finished')).toEqual(['greet']);
      for (const method of ['StartWorkflowExecution', 'PollActivityTaskQueue', 'RecordActivityTaskHeartbeat']) {
        expect(front.served.get(`/temporal.api.workflowservice.v1.WorkflowService/${method}`)).toBeGreaterThan(0);
      }
      const told = [worker.said(), JSON.stringify(events)];
      const kept = [client.folder, worker.folder, shared].flatMap((folder) =>
        filesIn(folder).map((name) => readFileSync(join(folder, name), 'latin1')),
      );
      expect(kept.length).toBeGreaterThan(10);
      for (const text of [...told, ...kept]) expect(text).not.toContain(apiKey);

      // Another key is refused in words, without saying it.
      const stranger = await newCluster({
        ...{ address: front.address, remote: `{ folder: ${shared} }` },
        env: { ...env, TEMPORAL_API_KEY: 'another-key' },
      }).client(files);
      const refused = await stranger.pipeline('run', 'p.yaml', '--engine', 'temporal');
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toContain(`error[engine-unusable]: Temporal's server at ${front.address} cannot be used`);
      expect(refused.stderr).toContain('Request unauthorized');
      expect(refused.stderr).not.toContain('another-key');
      const worse = await stranger.pipeline('worker');
      expect(worse).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('error[engine-unusable]') });
      expect(worse.stderr).not.toContain('another-key');
    }, 120_000);

    test('that wants a certificate of the client’s, too, a profile of Temporal’s own file names it', async () => {
      const certificates = await newCertificates();
      const front = await secureFront(temporal().port, { certificates, clientCertificate: true });
      const home = temporaryFolder();
      const profiles = join(home, 'temporal.toml');
      writeFileSync(
        profiles,
        `[profile.ours]\n[profile.ours.tls]\nserver_ca_cert_path = "${certificates.authority}"\nclient_cert_path = "${certificates.client.certificate}"\nclient_key_path = "${certificates.client.key}"\n`,
      );
      const cluster = clusterAt(front.address, { TEMPORAL_CONFIG_FILE: profiles, TEMPORAL_PROFILE: 'ours' });
      await cluster.worker();
      const { exitCode, stderr } = await startRun(await cluster.client(files), 'p.yaml').ended;
      expect(stderr).toBe('');
      expect(exitCode).toBe(0);

      const refused = [
        { TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.authority },
        { TEMPORAL_TLS: 'true' },
        { TEMPORAL_CONFIG_FILE: profiles, TEMPORAL_PROFILE: 'theirs' },
      ].map(async (env) => {
        const stranger = await clusterAt(front.address, env).client(files);
        const { exitCode, stderr: words } = await stranger.pipeline('run', 'p.yaml', '--engine', 'temporal');
        expect(exitCode).toBe(2);
        return words;
      });
      const [withoutOne = '', withoutAuthority = '', withoutProfile = ''] = await Promise.all(refused);
      expect(withoutOne).toContain(`server at ${front.address} cannot be used`);
      expect(withoutAuthority).toContain(`server at ${front.address} cannot be used`);
      expect(withoutProfile).toContain("Profile 'theirs' not found");
    }, 120_000);
  });
});
