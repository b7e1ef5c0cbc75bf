import Link from "next/link";

export default function NotFoundPage() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-3 px-6">
      <h1 className="text-xl font-semibold">There is no such page</h1>
      <p className="text-quiet">The address may be mistyped, or what it showed has been removed.</p>
      <Link href="/portfolios" className="text-accent underline underline-offset-2">
        Go to your portfolios
      </Link>
    </main>
  );
}
