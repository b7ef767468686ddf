// Loaded into the process that the launcher starts: when the launcher is gone without having said a word (kill -9, out
// of memory), this process goes the same way at once, so that it never stays behind holding the port and the data.
import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

const fd = process.env.TIDEWATCH_PARENT_FD;
// What this process starts itself has its own parent to follow.
delete process.env.TIDEWATCH_PARENT_FD;
if (isMainThread && fd !== undefined) {
  try {
    const line = new Socket({ fd: Number(fd), readable: true, writable: false });
    line.on('error', () => undefined);
    line.on('close', () => process.kill(process.pid, 'SIGKILL'));
    line.resume();
    line.unref();
  } catch {
    // No such line: somebody set the variable by hand. There is nobody to follow.
  }
}
