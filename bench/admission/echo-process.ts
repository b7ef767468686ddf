// The least that an HTTPS server of Node can do with what it is sent: it sends it back. Told its certificate by its parent.
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

process.once('message', (leaf: { readonly cert: string; readonly key: string }) => {
  const server = createServer(leaf, async (request, response) => {
    const body = await buffer(request);
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
});
