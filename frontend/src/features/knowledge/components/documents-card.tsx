"use client";

import { Trash2 } from "lucide-react";
import { useState } from "react";

import { DocumentSheet } from "@/components/answer/document-sheet";
import { scopeName } from "@/components/answer/scope-name";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { ProgressBar } from "@/components/ui/progress-bar";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { moment, plural, quantity } from "@/lib/format";
import { useDeleteDocument, useDocuments, type Document } from "../api/knowledge";
import { QuestionsPanel } from "./questions-panel";

export function DocumentsCard() {
  const documents = useDocuments();
  const [shown, setShown] = useState<Document | null>(null);
  return (
    <Card title="Documents" aside={documents.data ? `${plural(documents.data.length, "document")}${documents.hasNextPage ? " and more" : ""}` : null}>
      {documents.isPending ? <LoadingBlock label="Loading the documents" className="h-48" /> : null}
      {documents.error ? <QueryNotice what="The documents" error={documents.error} onRetry={() => void documents.refetch()} /> : null}
      {documents.data ? <DocumentTable documents={documents.data} onShow={setShown} /> : null}
      {documents.hasNextPage ? (
        <Button className="mt-2" disabled={documents.isFetchingNextPage} onClick={() => void documents.fetchNextPage()}>
          Show older ones
        </Button>
      ) : null}
      <DocumentSheet document={shown} onClose={() => setShown(null)}>
        {shown && isOurs(shown) ? <QuestionsPanel id={shown.id} /> : null}
      </DocumentSheet>
    </Card>
  );
}

function DocumentTable({ documents, onShow }: { documents: Document[]; onShow: (document: Document) => void }) {
  if (documents.length === 0) return <p className="py-6 text-center text-sm text-quiet">No documents yet.</p>;
  return (
    <DataTable label="Documents">
      <thead>
        <tr>
          <HeaderCell>Title</HeaderCell>
          <HeaderCell>For</HeaderCell>
          <HeaderCell>State</HeaderCell>
          <HeaderCell numeric>Passages</HeaderCell>
          <HeaderCell>Changed</HeaderCell>
          <HeaderCell>
            <span className="sr-only">Actions</span>
          </HeaderCell>
        </tr>
      </thead>
      <tbody>
        {documents.map((document) => (
          <DocumentRow key={document.id} document={document} onShow={onShow} />
        ))}
      </tbody>
    </DataTable>
  );
}

function DocumentRow({ document, onShow }: { document: Document; onShow: (document: Document) => void }) {
  const { title, key, scope, chunk_count: passages, updated_at: updatedAt } = document;
  return (
    <tr>
      <Cell className="min-w-44">
        <button type="button" onClick={() => onShow(document)} className="rounded-sm text-left font-medium text-accent hover:underline">
          {title}
        </button>
        {key === title ? null : <span className="block text-xs text-quiet wrap-anywhere">{key}</span>}
      </Cell>
      <Cell className="whitespace-nowrap">{scopeName(scope)}</Cell>
      <Cell className="min-w-36">
        <DocumentState document={document} />
      </Cell>
      <Cell numeric>{quantity(passages)}</Cell>
      <Cell className="whitespace-nowrap">{moment(updatedAt)}</Cell>
      <Cell numeric>{isOurs(document) ? <DeleteDocument document={document} /> : null}</Cell>
    </tr>
  );
}

/** Not the product's. */
function isOurs({ scope }: Document): boolean {
  return scope.startsWith("user:") || scope.startsWith("tenant:");
}

function DocumentState({ document }: { document: Document }) {
  const { status, error, chunks_to_embed: all, chunks_embedded: done } = document;
  switch (status) {
    case "ready":
      return "Ready";
    case "waiting":
      return "Waiting to be indexed";
    case "indexing":
      return <ProgressBar label="Indexing" value={all > 0 ? done / all : null} />;
    case "failed":
      return <span className="text-loss">Failed: {error?.message ?? "for an unknown reason."}</span>;
  }
}

function DeleteDocument({ document }: { document: Document }) {
  const remove = useDeleteDocument(document.id);
  return (
    <ConfirmButton icon label={`Delete: ${document.title}`} confirm="Delete" isPending={remove.isPending} isError={remove.isError} onConfirm={() => remove.mutate()}>
      <Trash2 aria-hidden="true" className="size-3.5" />
    </ConfirmButton>
  );
}
