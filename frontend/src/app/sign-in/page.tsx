import type { Metadata } from "next";

import { ThemeToggle } from "@/components/ui/theme-toggle";
import { Wordmark } from "@/components/ui/wordmark";
import { SignInForm } from "@/features/auth/components/sign-in-form";
import { safeReturnPath } from "@/lib/session/sign-in-address";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const { next } = await searchParams;
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex justify-end p-3">
        <ThemeToggle />
      </header>
      <main className="mx-auto flex w-full max-w-sm flex-1 flex-col justify-center gap-6 px-6 pb-32">
        <Wordmark />
        <div>
          <h1 className="text-xl font-semibold">Sign in</h1>
          <p className="mt-1 text-sm text-quiet">Portfolio risk, and an analyst to ask about it.</p>
        </div>
        <SignInForm returnTo={safeReturnPath(typeof next === "string" ? next : null)} />
      </main>
    </div>
  );
}
