// A name server of one name, on loopback: what a headless Service is to the clients in a cluster.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const A = 1;

export interface NameServer {
  readonly port: number;
  /** IPv4 addresses that it answers with from now on. */
  addresses: readonly string[];
  /** How often it was asked. */
  asked: number;
  close(): void;
}

/** Answers any name with `addresses`, and any type but A with nothing (RFC 1035). */
export async function startNameServer(addresses: readonly string[]): Promise<NameServer> {
  const socket = createSocket('udp4');
  const server: NameServer = { port: 0, addresses, asked: 0, close: () => socket.close() };
  socket.on('message', (query, from) => {
    let end = 12;
    while ((query[end] ?? 0) !== 0) end += (query[end] ?? 0) + 1;
    const question = query.subarray(12, end + 5);
    const isAddress = query.readUInt16BE(end + 1) === A;
    if (isAddress) server.asked++;
    const answers = (isAddress ? server.addresses : []).map((address) =>
      // The name of the question, A, IN, to be kept for 0 s, four bytes.
      Buffer.from([0xc0, 12, 0, A, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
    );
    const head = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x85, 0x80, 0, 1, 0, answers.length, 0, 0, 0, 0]);
    socket.send(Buffer.concat([head, question, ...answers]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return Object.assign(server, { port: socket.address().port });
}
