"use client";

import { X } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Markdown } from "@/components/ui/markdown";
import { Notice } from "@/components/ui/notice";
import { QueryNotice } from "@/components/ui/query-notice";
import { Sheet } from "@/components/ui/sheet";
import { LoadingBlock } from "@/components/ui/skeleton";
import { ApiError } from "@/lib/api/errors";
import type { Citation } from "./answer-marks";
import { scopeName } from "./scope-name";
import { useDocument } from "./use-document";

interface PassageSheetProps {
  /** The passage to show; null for none. */
  citation: Citation | null;
  onClose: () => void;
}

/** The passage that an answer rests on, and on demand the document around it. */
export function PassageSheet({ citation, onClose }: PassageSheetProps) {
  return (
    <Sheet title="Source" open={citation !== null} onClose={onClose}>
      {citation ? <Passage key={citation.chunk_id} citation={citation} onClose={onClose} /> : null}
    </Sheet>
  );
}

function Passage({ citation, onClose }: { citation: Citation; onClose: () => void }) {
  const [isWhole, setWhole] = useState(false);
  return (
    <>
      <header className="flex items-start gap-2 border-b border-line px-4 py-3">
        <div className="min-w-0 flex-1">
          <p className="text-xs text-quiet">
            Source {citation.mark} · {scopeName(citation.scope)}
          </p>
          <h2 className="font-semibold wrap-anywhere">{citation.title}</h2>
          {citation.section && citation.section !== citation.title ? (
            <p className="text-sm text-quiet">{citation.section}</p>
          ) : null}
        </div>
        <Button variant="ghost" icon aria-label="Close the source" onClick={onClose}>
          <X aria-hidden="true" className="size-4" />
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-4" tabIndex={0} role="region" aria-label="Passage">
        {isWhole ? <WholeDocument citation={citation} /> : <Markdown text={citation.quote} />}
      </div>
      <footer className="border-t border-line px-4 py-2.5">
        <Button onClick={() => setWhole(!isWhole)}>{isWhole ? "Show the passage only" : "Show the whole document"}</Button>
      </footer>
    </>
  );
}

function WholeDocument({ citation }: { citation: Citation }) {
  const { data, error, refetch } = useDocument(citation.document_id);
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Quoted citation={citation}>The document is no longer there. This is the passage as it was when it was cited.</Quoted>
    );
  }
  if (error) return <QueryNotice what="The document" error={error} onRetry={() => void refetch()} />;
  if (!data) return <LoadingBlock label="Loading the document" className="h-64" />;
  const start = data.body.indexOf(citation.quote);
  if (start >= 0) return <MarkedDocument body={data.body} start={start} end={start + citation.quote.length} />;
  return (
    <>
      <Quoted citation={citation}>The document has changed since. The passage, as it was when it was cited:</Quoted>
      <hr className="my-4 border-line" />
      <Markdown text={data.body} />
    </>
  );
}

function Quoted({ citation, children }: { citation: Citation; children: ReactNode }) {
  return (
    <>
      <Notice tone="warning" className="mb-3">
        {children}
      </Notice>
      <Markdown text={citation.quote} />
    </>
  );
}

function MarkedDocument({ body, start, end }: { body: string; start: number; end: number }) {
  const root = useRef<HTMLDivElement>(null);
  const [marks] = useState(() => [{ start, end, id: "passage" }]);
  useEffect(() => {
    root.current?.querySelector("mark")?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <div ref={root}>
      <Markdown text={body} marks={marks} renderMark={highlight} />
    </div>
  );
}

const highlight = (_: string, children: ReactNode) => (
  <mark className="bg-accent-soft text-text shadow-[0_0_0_2px_var(--accent-soft)]">{children}</mark>
);
