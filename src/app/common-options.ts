// Options that several commands take, each declared once.
import { Option } from 'commander';
import { parsePort } from './option-values.ts';

export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'structured logs on stderr')
    .choices(['silent', 'debug', 'info', 'warn', 'error'])
    .default('warn')
    .env('TIDEWATCH_LOG_LEVEL');
}

export function portOption(): Option {
  return new Option('--port <n>', 'port of the page; the next free one when it is busy')
    .default(8080)
    .argParser(parsePort)
    .env('TIDEWATCH_PORT');
}

export function hostOption(): Option {
  return new Option('--host <address>', 'address to listen on; loopback only')
    .default('127.0.0.1')
    .env('TIDEWATCH_HOST');
}
