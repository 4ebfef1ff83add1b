import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listenOnLoopback } from '../../base/loopback.ts';
import { partition } from './partition.ts';

describe('a partition', () => {
  const connections: Socket[] = [];
  let echo: Server;
  let port: number;
  beforeAll(async () => {
    echo = createServer((socket) => {
      connections.push(socket.on('error', () => undefined));
      socket.pipe(socket);
    });
    port = await listenOnLoopback(echo);
  });
  afterAll(() => {
    for (const socket of connections) socket.destroy();
    echo.close();
  });

  test('that is silent lets nothing through, and all of it in order when it heals', async () => {
    const network = await partition(port);
    const before = talk(network.port);
    before.socket.write('one ');
    await before.until('one ');

    network.cut('silent');
    const during = talk(network.port);
    before.socket.write('two ');
    during.socket.write('hello');
    await sleep(50);
    before.socket.write('three');
    await sleep(200);
    expect([before.heard(), during.heard()]).toEqual(['one ', '']);
    expect([before.socket.destroyed, during.socket.destroyed]).toEqual([false, false]);

    network.heal();
    await before.until('one two three');
    await during.until('hello');
  });

  test('that is silent hides from the server that a client has gone, until it heals', async () => {
    const network = await partition(port);
    const client = talk(network.port);
    client.socket.write('here');
    await client.until('here');
    const atServer = connections.at(-1);
    network.cut('silent');
    client.socket.resetAndDestroy();
    await sleep(200);
    expect(atServer?.destroyed).toBe(false);
    network.heal();
    while (atServer?.destroyed === false) await sleep(10);
  });

  test('that resets ends old and new connections at once, and lets new ones through when it has healed', async () => {
    const network = await partition(port);
    const before = talk(network.port);
    before.socket.write('one');
    await before.until('one');
    const atServer = connections.at(-1);
    network.cut('reset');
    await before.untilClosed();
    while (atServer?.destroyed === false) await sleep(10);
    await talk(network.port).untilClosed();

    network.heal();
    const after = talk(network.port);
    after.socket.write('again');
    await after.until('again');
  });
});

interface Talk {
  readonly socket: Socket;
  heard(): string;
  until(text: string): Promise<void>;
  untilClosed(): Promise<void>;
}

function talk(port: number): Talk {
  let heard = '';
  const socket = connect(port, '127.0.0.1');
  connectionsHere.push(socket);
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  socket.on('error', () => undefined);
  const until = async (text: string): Promise<void> => {
    while (heard !== text) await sleep(10);
  };
  const untilClosed = async (): Promise<void> => {
    while (!socket.closed) await sleep(10);
  };
  return { socket, heard: () => heard, until, untilClosed };
}

const connectionsHere: Socket[] = [];

afterAll(() => {
  for (const socket of connectionsHere) socket.destroy();
});
