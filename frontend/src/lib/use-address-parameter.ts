"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";

/** A piece of the page's state that lives in its address, so that a reload and a shared link show the same. */
export function useAddressParameter(name: string): [string | null, (value: string | null) => void] {
  const pathname = usePathname();
  const parameters = useSearchParams();
  const set = useCallback(
    (value: string | null) => {
      const next = new URLSearchParams(window.location.search);
      if (value === null) next.delete(name);
      else next.set(name, value);
      const query = next.toString();
      // Next follows the history, and unlike its router this asks the server for nothing.
      window.history.replaceState(null, "", query ? `${pathname}?${query}` : pathname);
    },
    [name, pathname],
  );
  return [parameters.get(name), set];
}
