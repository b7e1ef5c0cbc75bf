"use client";

import { useId } from "react";

import { useChangeAccount, useMe } from "../api/session";

/** Whether the analyst remembers anything of this person, and uses what it remembers. */
export function MemorySwitch() {
  const id = useId();
  const { data: me } = useMe();
  const change = useChangeAccount();
  if (!me) return null;
  const isOn = change.isPending ? change.variables.memory_enabled === true : me.memory_enabled;
  return (
    <div className="mb-3 text-sm">
      <label htmlFor={id} className="flex items-center gap-2">
        <input
          id={id}
          type="checkbox"
          checked={isOn}
          onChange={(event) => change.mutate({ memory_enabled: event.target.checked })}
          className="size-4 accent-accent"
        />
        Remember, and use what is remembered
      </label>
      {change.error ? (
        <p role="alert" className="mt-1 text-xs text-loss">
          Not changed. {change.error.message}
        </p>
      ) : null}
    </div>
  );
}
