"use client";

import clsx from "clsx";
import { FileUp } from "lucide-react";
import { useId, useState, type ChangeEvent, type DragEvent } from "react";

const ACCEPTED = ".csv,.tsv,.txt,.json";

/** A place to drop a file on, and a button for everybody who does not drag. */
export function DropArea({ onChoose }: { onChoose: (files: File[]) => void }) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    onChoose([...(event.target.files ?? [])]);
    // The same file may be chosen again.
    event.target.value = "";
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onChoose([...event.dataTransfer.files]);
  };
  const dragOver = (event: DragEvent) => {
    // Without this a browser opens the file in place of the page.
    event.preventDefault();
    setOver(true);
  };
  return (
    <div
      onDragOver={dragOver}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      data-testid="drop-area"
      className={clsx(
        "flex flex-col items-center gap-3 rounded-lg border border-dashed px-4 py-10 text-center",
        isOver ? "border-accent bg-accent-soft" : "border-control bg-surface",
      )}
    >
      <FileUp aria-hidden="true" className="size-7 text-quiet" />
      <p className="text-sm max-sm:hidden">Drop a broker’s export here, or</p>
      <label
        htmlFor={id}
        className="inline-flex h-9 cursor-pointer items-center rounded-md bg-accent px-4 text-sm font-medium text-on-accent focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent hover:opacity-90"
      >
        Choose a file
        <input id={id} type="file" accept={ACCEPTED} onChange={choose} className="sr-only" />
      </label>
      <p className="text-xs text-quiet">It is checked first. Nothing is kept until you have seen what it would make.</p>
    </div>
  );
}
