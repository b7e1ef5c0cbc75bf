"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Markdown } from "@/components/ui/markdown";
import { QueryNotice } from "@/components/ui/query-notice";
import { Sheet } from "@/components/ui/sheet";
import { LoadingBlock } from "@/components/ui/skeleton";
import type { Schemas } from "@/lib/api/types";
import { scopeName } from "./scope-name";
import { useDocument } from "./use-document";

interface DocumentSheetProps {
  /** The document to show; null for none. */
  document: Schemas["DocumentOut"] | null;
  onClose: () => void;
  /** What stands between its title and its text. */
  children?: ReactNode;
}

export function DocumentSheet({ document, onClose, children }: DocumentSheetProps) {
  return (
    <Sheet title="Document" open={document !== null} onClose={onClose}>
      {document ? (
        <>
          <header className="flex items-start gap-2 border-b border-line px-4 py-3">
            <div className="min-w-0 flex-1">
              <p className="text-xs text-quiet">{scopeName(document.scope)}</p>
              <h2 className="font-semibold wrap-anywhere">{document.title}</h2>
            </div>
            <Button variant="ghost" icon aria-label="Close the document" onClick={onClose}>
              <X aria-hidden="true" className="size-4" />
            </Button>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto">
            {children}
            <div className="p-4" tabIndex={0} role="region" aria-label="Text of the document">
              <DocumentText id={document.id} />
            </div>
          </div>
        </>
      ) : null}
    </Sheet>
  );
}

function DocumentText({ id }: { id: string }) {
  const { data, error, refetch } = useDocument(id);
  if (error) return <QueryNotice what="The document" error={error} onRetry={() => void refetch()} />;
  return data ? <Markdown text={data.body} /> : <LoadingBlock label="Loading the document" className="h-64" />;
}
