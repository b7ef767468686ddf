// The peer: a page with uPlot and nothing else, drawing the same lines and band from the same JSON.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const PAGE = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/uplot.css"><body><script type="module">
import uPlot from '/uplot.js';
const { timesMs, values, expected, lower, upper } = await (await fetch('/api/series')).json();
const line = (stroke) => ({ stroke, points: { show: false } });
new uPlot(
  { width: 900, height: 220, series: [{}, line('#24c'), line('#999'), line('#cde'), line('#cde')], bands: [{ series: [4, 3], fill: '#def' }] },
  [timesMs.map((ms) => ms / 1000), values, expected, lower, upper], document.body);
</script>`;

export async function serveBarePage(series: string): Promise<{ url: string; close(): Promise<void> }> {
  const file = (name: string) =>
    readFile(fileURLToPath(new URL(`../../node_modules/uplot/dist/${name}`, import.meta.url)), 'utf8');
  const replies: Record<string, readonly [type: string, body: string]> = {
    '/': ['text/html', PAGE],
    '/uplot.js': ['text/javascript', await file('uPlot.esm.js')],
    '/uplot.css': ['text/css', await file('uPlot.min.css')],
    '/api/series': ['application/json', series],
  };
  const server = createServer((request, response) => {
    const [type, body] = replies[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(200, { 'content-type': type }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
