// Says that the live connection was lost and since when, as long as it is.
import { useEffect, useState } from 'react';
import { useConnection, useWords } from '../../parts/services.ts';
import { Notice } from './live-notice.tsx';

export function ConnectionNotice() {
  const { messages, format } = useWords();
  const connection = useConnection();
  const [, again] = useState(0);
  useEffect(() => {
    if (connection.state !== 'lost') return;
    const timer = setInterval(() => again((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [connection.state]);
  if (connection.state !== 'lost') return null;
  const since = format.clock(connection.sinceMs);
  return (
    <Notice severity="amber">
      <span title={format.utc(connection.sinceMs)}>
        {messages.connection.lost(`${format.ago(connection.sinceMs, Date.now())} (${since})`)}
      </span>
    </Notice>
  );
}
