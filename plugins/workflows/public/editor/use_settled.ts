import { useCore } from '@latchkey/core/public';
import { useEffect, useState } from 'react';

/** The value, once it has not changed for a time in milliseconds. The first one at once. */
export function useSettled<T>(value: T, pauseMs: number): T {
  const { clock } = useCore();
  const [settled, setSettled] = useState(value);
  useEffect(() => clock.after(pauseMs, () => setSettled(() => value)), [clock, value, pauseMs]);
  return settled;
}
