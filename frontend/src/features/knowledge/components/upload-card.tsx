"use client";

import { Upload } from "lucide-react";
import { useId, useState, type ChangeEvent } from "react";

import { Card } from "@/components/ui/card";
import { SelectField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { ProgressBar } from "@/components/ui/progress-bar";
import { useUploadDocument, type WritableScope } from "../api/knowledge";

const ACCEPTED = ".md,.markdown,.txt,.pdf";

/** Documents for the analyst to read, one after the other. */
export function UploadCard() {
  const id = useId();
  const [scope, setScope] = useState<WritableScope>("tenant");
  const { state, send } = useUploads(scope);
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    void send([...(event.target.files ?? [])]);
    // The same file may be chosen again.
    event.target.value = "";
  };
  return (
    <Card title="Add documents">
      <div className="flex flex-wrap items-end gap-3">
        <SelectField label="For whom" className="w-64" value={scope} onChange={(event) => setScope(event.target.value as WritableScope)}>
          <option value="tenant">Everybody of the organisation</option>
          <option value="user">Me alone</option>
        </SelectField>
        <label
          htmlFor={id}
          className="inline-flex h-8 cursor-pointer items-center gap-1.5 rounded-md bg-accent px-3 text-sm font-medium text-on-accent focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent hover:opacity-90"
        >
          <Upload aria-hidden="true" className="size-4" />
          Choose files
          <input id={id} type="file" multiple accept={ACCEPTED} onChange={choose} disabled={state.current !== null} className="sr-only" />
        </label>
        <p className="text-xs text-quiet">Markdown, plain text or PDF, up to 10 MB each. A file of the same name replaces the former one.</p>
      </div>
      {state.current ? (
        <div className="mt-3">
          <ProgressBar label={`Sending ${state.current.name}`} value={state.current.sent} />
        </div>
      ) : null}
      {state.failures.map(({ name, reason }) => (
        <Notice key={name} tone="error" className="mt-3">
          {name} was not taken. {reason}
        </Notice>
      ))}
    </Card>
  );
}

interface UploadState {
  current: { name: string; sent: number } | null;
  failures: { name: string; reason: string }[];
}

function useUploads(scope: WritableScope) {
  const upload = useUploadDocument();
  const [state, setState] = useState<UploadState>({ current: null, failures: [] });
  async function send(files: File[]) {
    setState({ current: null, failures: [] });
    for (const file of files) {
      const onProgress = (sent: number) => setState((now) => ({ ...now, current: { name: file.name, sent } }));
      onProgress(0);
      try {
        await upload.mutateAsync({ file, scope, onProgress });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        setState((now) => ({ ...now, failures: [...now.failures, { name: file.name, reason }] }));
      }
    }
    setState((now) => ({ ...now, current: null }));
  }
  return { state, send };
}
