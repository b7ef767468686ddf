// Pods of the simulated cluster that answer: each has an HTTP server of this process behind it, at an address of this machine
// that is not loopback (where no pod can be), and its status names that address as a kubelet would.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';

export type Answer = (response: ServerResponse) => void;

export interface ScrapedPod {
  readonly name: string;
  /** Scrapes that it saw. */
  readonly asked: number;
  /** Ends the pod, and its server. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface PodOptions {
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  /** Instead of this machine's. */
  readonly ip?: string;
}

/** An address of this machine that others can reach; undefined where it has none. */
export function outerAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

export async function startPod(plane: ControlPlane, options: PodOptions, answer: Answer): Promise<ScrapedPod> {
  const { namespace, name, app } = options;
  const address = outerAddress();
  if (address === undefined) throw new Error('this machine has no address but loopback, where no pod can be');
  const ip = options.ip ?? address;
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, ip, resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const manifest = `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${app} } }
spec: { containers: [{ name: main, image: none, ports: [{ name: metrics, containerPort: ${port} }] }] }
`;
  await plane.kubectl(['apply', '-f', '-'], manifest);
  await waitUntil(`the pod ${name} to run`, async () => {
    const phase = await plane.kubectl(['get', 'pod', name, '-n', namespace, '-o', 'jsonpath={.status.phase}']);
    return phase === 'Running';
  });
  const status = JSON.stringify({ status: { podIP: ip, podIPs: [{ ip }] } });
  await plane.kubectl(['patch', 'pod', name, '-n', namespace, '--subresource=status', '--type=merge', '-p', status]);
  return {
    name,
    get asked() {
      return asked;
    },
    async kill() {
      await stop();
      await plane.kubectl(['delete', 'pod', name, '-n', namespace, '--grace-period=0', '--force']);
    },
    stop,
  };
}

/** A latency with noise, a counter of requests, and much that nobody asked for; `slow` is twenty times as late. */
export function healthy(options: { slow: boolean }): Answer {
  const beganMs = Date.now();
  return (response) => {
    const nowMs = Date.now();
    const noise = Math.sin(nowMs / 700) + Math.sin(nowMs / 190);
    // By the clock, and not by scrapes, of which a busy machine leaves one out.
    const requests = 1 + (10 * (nowMs - beganMs)) / 1000;
    const lines = [
      '# TYPE request_latency_seconds gauge',
      `request_latency_seconds{pod="somebody-else"} ${(0.1 + 0.002 * noise) * (options.slow ? 20 : 1)}`,
      '# TYPE requests counter',
      `requests_total ${requests}`,
      ...Array.from({ length: 500 }, (_, index) => `other_metric{n="${index}"} ${index}`),
    ];
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(`${lines.join('\n')}\n`);
  };
}

/** Metrics without end, as fast as they are taken: it stops after 100 MB, or when nobody takes more. */
export function huge(told: { bytes: number }): Answer {
  return (response) => {
    let left = 100 * 2 ** 20;
    const piece = 'request_latency_seconds 1\n'.repeat(2000);
    const more = () => {
      while (left > 0 && !response.destroyed) {
        left -= piece.length;
        told.bytes += piece.length;
        if (!response.write(piece)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  };
}
