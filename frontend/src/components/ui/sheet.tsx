"use client";

import { Dialog } from "radix-ui";
import type { ReactNode } from "react";

interface SheetProps {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog that covers a phone's screen and lies at the right edge of a wider one. */
export function Sheet({ title, open, onClose, children }: SheetProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          // A field inside that takes Escape for itself, to be left without a change, does not close the dialog.
          onEscapeKeyDown={(event) => {
            if (event.target instanceof Element && event.target.closest("[data-keeps-escape]")) event.preventDefault();
          }}
          // The dialog itself takes the focus: a field would bring up a phone's keyboard before anything was read.
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            if (event.target instanceof HTMLElement) event.target.focus();
          }}
          className="fixed inset-y-0 right-0 z-40 flex w-full flex-col bg-surface shadow-xl outline-none sm:max-w-md"
        >
          <Dialog.Title className="sr-only">{title}</Dialog.Title>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
