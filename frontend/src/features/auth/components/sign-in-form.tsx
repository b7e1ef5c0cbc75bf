"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, type ComponentProps, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useSignIn } from "../api/session";

export function SignInForm({ returnTo }: { returnTo: string }) {
  const router = useRouter();
  const queryClient = useQueryClient();
  const signIn = useSignIn();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const credentials = { email: String(form.get("email")), password: String(form.get("password")) };
    const enter = () => {
      queryClient.clear();
      router.replace(returnTo);
    };
    signIn.mutate(credentials, { onSuccess: enter });
  }

  const isBusy = signIn.isPending || signIn.isSuccess;
  return (
    // POST, so that a form sent before the script has loaded never puts the password in an address.
    <form method="post" onSubmit={submit} className="flex flex-col gap-4">
      <Field label="E-mail" name="email" type="email" autoComplete="username" autoFocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" />
      {signIn.error ? <Notice tone="error">{signIn.error.message}</Notice> : null}
      <Button type="submit" variant="primary" disabled={isBusy} className="h-9">
        {isBusy ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}

function Field({ label, ...input }: ComponentProps<"input"> & { label: string }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input id={id} required className="h-9 rounded-md border border-control bg-surface px-3 text-sm" {...input} />
    </div>
  );
}
