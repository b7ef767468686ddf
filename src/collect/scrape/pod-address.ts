// Addresses that are no pod's, whatever a pod's status says of itself: this machine, its links (where clouds answer with
// credentials), and many machines at once. Who may write the status of a pod must not get us to ask there.
import { BlockList, isIPv6 } from 'node:net';

const NO_PODS: readonly (readonly [network: string, prefix: number, what: string])[] = [
  ['127.0.0.0', 8, 'loopback'],
  ['0.0.0.0', 8, 'this machine'],
  ['169.254.0.0', 16, 'link-local'],
  ['224.0.0.0', 3, 'multicast or reserved'],
  ['::', 127, 'loopback'],
  ['fe80::', 10, 'link-local'],
  ['ff00::', 8, 'multicast'],
  // An IPv4 address in the clothes of another (RFC 6052), and the metadata service of a cloud.
  ['64:ff9b::', 96, 'a translated address'],
  ['fd00:ec2::254', 128, 'a metadata service'],
];

const LISTS = NO_PODS.map(([network, prefix, what]) => {
  const list = new BlockList();
  list.addSubnet(network, prefix, isIPv6(network) ? 'ipv6' : 'ipv4');
  return { list, what };
});

/** Why an IP address is none to ask; undefined when it is. IPv4 within IPv6 (`::ffff:…`) is what it holds. */
export function whyNotAsked(ip: string): string | undefined {
  const family = isIPv6(ip) ? 'ipv6' : 'ipv4';
  const found = LISTS.find(({ list }) => list.check(ip, family));
  return found === undefined ? undefined : `${ip} is no address of a pod (${found.what})`;
}
