// An analyser as a process of its own, to be killed: HOST PORT.
import { createAnalysisServer } from '#api/grpc/server.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';

const [host = '127.0.0.1', port = '0'] = process.argv.slice(2);
const log = createLog('warn');
const server = createAnalysisServer({ algorithms: ALGORITHMS, version: 'test', clock: systemClock, log });
await server.listen({ host, port: Number(port) });
