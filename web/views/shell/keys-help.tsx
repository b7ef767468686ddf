// The keys that work on every page, in a dialog that `?` opens.
import styled from '@emotion/styled';
import { useLayoutEffect, useRef } from 'react';
import { Button } from '../../parts/controls.tsx';
import { useIsLive, useWords } from '../../parts/services.ts';
import { Heading } from '../../parts/surface.tsx';
import { colour, space } from '../../theme.ts';
import { Dialog } from './search.tsx';

const Keys = styled.dl({
  display: 'grid',
  gridTemplateColumns: 'auto 1fr',
  gap: `${space(2)} ${space(6)}`,
  margin: `${space(3)} 0 ${space(4)}`,
  dt: { fontWeight: 600, whiteSpace: 'nowrap' },
  dd: { margin: 0, color: colour.muted },
});
const Inside = styled.div({ padding: space(4) });

/** Open as long as it is drawn. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { messages } = useWords();
  const live = useIsLive();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <Dialog ref={dialog} onClose={onClose} aria-label={messages.keys.title}>
      <Inside>
        <Heading>{messages.keys.title}</Heading>
        <Keys>
          {Object.entries(live ? messages.keys.live : { ...messages.keys.live, ...messages.keys.replay }).map(
            ([keys, does]) => [<dt key={keys}>{keys}</dt>, <dd key={does}>{does}</dd>],
          )}
        </Keys>
        <Button type="button" onClick={() => dialog.current?.close()}>
          {messages.close}
        </Button>
      </Inside>
    </Dialog>
  );
}
