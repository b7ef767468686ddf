// Connections to pods: one each, which ends soon after its answer, and over https with whatever certificate the pod has. Pods
// have no names that a certificate could be checked against, and nothing secret is sent to them.
import { Agent, type Dispatcher } from 'undici';

export function createScrapeDispatcher(timeoutMs: number): Dispatcher {
  return new Agent({
    ...{ connections: 1, pipelining: 1, keepAliveTimeout: 1000, keepAliveMaxTimeout: 1000 },
    connect: { rejectUnauthorized: false, timeout: timeoutMs },
  });
}
