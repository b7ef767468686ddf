// From what a user writes to a target of grpc-js: one name, whose addresses are looked up again as connections end, or some
// fixed addresses. grpc-js asks the name server of `dns://server/name` only when GRPC_NODE_USE_ALTERNATIVE_RESOLVER=true was
// set at its start, and the system's otherwise, without a word.
import { isIPv4, isIPv6 } from 'node:net';
import { AppError } from '#kit/errors.ts';

const DEFAULT_PORT = 50_051;
const TARGET = /^(dns:\/|ipv4:\d|ipv6:\[|unix:\/)/;

/**
 * One target (`dns:///…` and the like are taken as they are). Throws `bad-config` where there is none: several names are not
 * one target, while one name may have many addresses.
 */
export function targetOf(addresses: string | readonly string[]): string {
  const list = typeof addresses === 'string' ? [addresses] : addresses;
  const [first] = list;
  if (first === undefined) throw new AppError('bad-config', 'an analyser needs an address, such as analysers:50051');
  if (list.length === 1 && TARGET.test(first)) return first;
  const parsed = list.map(parse);
  if (list.length === 1 && parsed.every(({ host }) => !isIPv4(host) && !isIPv6(host))) {
    return parsed.map(({ host, port }) => `dns:///${host}:${port}`).join('');
  }
  if (parsed.every(({ host }) => isIPv4(host)))
    return `ipv4:${parsed.map(({ host, port }) => `${host}:${port}`).join()}`;
  if (parsed.every(({ host }) => isIPv6(host)))
    return `ipv6:${parsed.map(({ host, port }) => `[${host}]:${port}`).join()}`;
  const what =
    'several addresses must all be IPv4 or all IPv6; for replicas that come and go, give one name for all of them';
  throw new AppError('bad-config', `${list.join(', ')}: ${what} (a headless Service: analysers.monitoring:50051)`);
}

function parse(text: string): { host: string; port: number } {
  const [, bracketed, plain, given] = /^(?:\[([^\]]+)\]|([\w.-]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? (isIPv6(text) ? text : undefined);
  const port = given === undefined ? DEFAULT_PORT : Number(given);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw new AppError('bad-config', `${JSON.stringify(text)} is no address of an analyser: host:port is expected`);
}
