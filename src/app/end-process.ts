// The end of a process that lost something it cannot do without. It does not tidy up: that may need what is lost, and what was
// acknowledged is safe. Whoever runs it (the kubelet, a service manager, a user) starts it again.
import { type AppError, exitCodeOf } from '#kit/errors.ts';

export function endProcess(error: AppError): never {
  process.stderr.write(`tidewatch: ${error.message}\n`);
  process.exit(exitCodeOf(error));
}
