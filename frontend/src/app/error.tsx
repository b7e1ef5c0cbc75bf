"use client";

import { Notice } from "@/components/ui/notice";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center px-6">
      <Notice tone="error" onRetry={reset}>
        <p>This page failed to show. Your data is not affected.</p>
        {error.digest ? <p className="text-xs text-quiet">Reference {error.digest}</p> : null}
      </Notice>
    </main>
  );
}
