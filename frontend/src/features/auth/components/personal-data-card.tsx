"use client";

import { Download } from "lucide-react";
import { useState, type FormEvent } from "react";

import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { TextField } from "@/components/ui/field";
import { EXPORT_ADDRESS, useForgetMe } from "../api/session";

/** What one has said: as a file, or gone. */
export function PersonalDataCard() {
  return (
    <Card title="Your data">
      <div className="flex flex-col gap-4 text-sm">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="min-w-0 flex-1 basis-72">
            Take your conversations with you
            <span className="block text-xs text-quiet">
              A file of JSON, one message a line: questions, answers, tools, sources, times and your ratings.
            </span>
          </p>
          <a href={EXPORT_ADDRESS} download="conversations.jsonl" className={buttonClass("secondary", false, undefined)}>
            <Download aria-hidden="true" className="size-4" /> Download
          </a>
        </div>
        <ForgetSection />
      </div>
    </Card>
  );
}

function ForgetSection() {
  const [isAsking, setAsking] = useState(false);
  const [isDone, setDone] = useState(false);
  return (
    <section aria-label="Delete what you have said" className="border-t border-line pt-4">
      <p>
        Delete what you have said
        <span className="block text-xs text-quiet">
          Gone for good: all your conversations with their answers, your ratings and comments, what the analyst remembers of you, and your
          organisation&rsquo;s reports of that time, which may quote you. Your account, portfolios, insights and what model calls have cost stay. A
          conversation that is running is stopped.
        </span>
      </p>
      <div className="mt-2">
        {isDone ? <p role="status">Everything that you had said is deleted.</p> : null}
        {isAsking ? (
          <ForgetForm
            onDone={() => {
              setAsking(false);
              setDone(true);
            }}
            onCancel={() => setAsking(false)}
          />
        ) : isDone ? null : (
          <Button onClick={() => setAsking(true)} className="text-loss">
            Delete…
          </Button>
        )}
      </div>
    </section>
  );
}

function ForgetForm({ onDone, onCancel }: { onDone: () => void; onCancel: () => void }) {
  const [password, setPassword] = useState("");
  const forget = useForgetMe();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    forget.mutate(password, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit} aria-label="Confirm with your password" className="flex flex-col gap-2">
      <TextField
        label="Your password"
        type="password"
        autoComplete="current-password"
        autoFocus
        required
        className="max-w-72"
        value={password}
        error={forget.error ? `Nothing was deleted. ${forget.error.message}` : null}
        onChange={(event) => setPassword(event.target.value)}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" disabled={forget.isPending || password === ""} className="text-loss">
          {forget.isPending ? "Deleting…" : "Delete all of it for good"}
        </Button>
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
