import type { Citation } from "./answer-marks";

interface CitationMarkProps {
  citation: Citation;
  onOpen: (citation: Citation) => void;
}

export function CitationMark({ citation, onOpen }: CitationMarkProps) {
  return (
    <button
      type="button"
      onClick={() => onOpen(citation)}
      title={citation.title}
      className="rounded-sm px-0.5 font-medium text-accent underline underline-offset-2"
    >
      <span className="sr-only">Source </span>
      {citation.mark}
    </button>
  );
}
