// Commands to the replay: each answer is the replay's new state, shown at once and not a second later.
import { useCallback, useState } from 'react';
import type { ReplayCommand } from '#api/rest/contract.ts';
import { useServices } from './services.ts';

export interface Control {
  send(command: ReplayCommand): void;
  readonly error: Error | undefined;
}

export function useControl(): Control {
  const { client, live, cache } = useServices();
  const [error, setError] = useState<Error>();
  const send = useCallback(
    (command: ReplayCommand): void => {
      if (command.action === 'jump') live.aim(command.toMs);
      client.control(command).then(
        (state) => {
          setError(undefined);
          if (command.action === 'jump') cache.invalidate();
          live.accept(state, command.action === 'jump');
        },
        (caught: Error) => {
          setError(caught);
          if (command.action === 'jump') live.giveUp();
        },
      );
    },
    [client, live, cache],
  );
  return { send, error };
}
