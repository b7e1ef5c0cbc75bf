import type { Citation } from "./answer-marks";

interface CitationListProps {
  citations: Citation[];
  onOpen: (citation: Citation) => void;
}

/** The passages that an answer names, under it. */
export function CitationList({ citations, onOpen }: CitationListProps) {
  if (citations.length === 0) return null;
  return (
    <section aria-label="Sources" className="mt-3 text-xs">
      <h3 className="font-medium text-quiet">Sources</h3>
      <ol className="mt-1 flex flex-wrap gap-x-1.5 gap-y-1">
        {citations.map((citation) => (
          <li key={citation.mark} className="max-w-full">
            <button
              type="button"
              onClick={() => onOpen(citation)}
              className="flex h-7 max-w-full items-center gap-1.5 rounded-md border border-line px-2 hover:bg-raised"
            >
              <span className="tabular font-medium text-accent">{citation.mark}</span>
              <span className="truncate">{citationTitle(citation)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function citationTitle({ title, section }: Citation): string {
  return section && section !== title ? `${title}: ${section}` : title;
}
