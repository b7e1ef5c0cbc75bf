import { useEffect, type RefObject } from "react";

/**
 * Escape inside the chat stops the answer that is being written.
 *
 * It listens before the dialog that may hold the chat, which would otherwise take the key for its own and close.
 */
export function useEscapeToStop(root: RefObject<HTMLElement | null>, isActive: boolean, onStop: () => void): void {
  useEffect(() => {
    if (!isActive) return;
    const listen = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !(event.target instanceof Node) || !root.current?.contains(event.target)) return;
      event.preventDefault();
      onStop();
    };
    window.addEventListener("keydown", listen, { capture: true });
    return () => window.removeEventListener("keydown", listen, { capture: true });
  }, [root, isActive, onStop]);
}
