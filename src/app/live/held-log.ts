// A log that is silent until it is let go: while a command starts, what is wrong ends it with a sentence, and the same in
// JSON before that helps nobody.
import type { Log } from '#kit/log.ts';

export interface HeldLog {
  readonly log: Log;
  letGo(): void;
}

export function holdLog(log: Log): HeldLog {
  let isHeld = true;
  const pass = (level: keyof Log): Log[keyof Log] =>
    ((...given: Parameters<Log[keyof Log]>) => {
      if (!isHeld) log[level](...given);
    }) as Log[keyof Log];
  return {
    log: { debug: pass('debug'), info: pass('info'), warn: pass('warn'), error: pass('error') },
    letGo: () => {
      isHeld = false;
    },
  };
}
