// Free ports on the loopback address. They lie below the range from which the system gives ports to outgoing
// connections: a server that is down for a moment would find its port taken there, and a client that keeps trying
// could even connect to itself.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const LEAST = 20_000;
const MOST = 32_000;
const given = new Set<number>();

/** That many ports, free now; none is given twice by one process. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries > MOST - LEAST) throw new Error(`no port between ${LEAST} and ${MOST} is free: end what holds them`);
    const port = randomInt(LEAST, MOST);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    ports.push(port);
  }
  return ports;
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
