// A frontend of a customer's: it looks at the invoices and promises to pay a part of the first.
import createClient from "openapi-fetch";
import type { components, paths } from "./portal.js";

type Invoice = components["schemas"]["InvoiceShown"];

async function main(address: string, token: string, payOn: string): Promise<void> {
  const portal = createClient<paths>({
    baseUrl: address,
    headers: { Authorization: `Bearer ${token}` },
  });

  const invoices = await portal.GET("/v1/invoices", { params: { query: { state: "open" } } });
  if (!invoices.data) throw new Error(invoices.error.code);
  const first: Invoice = invoices.data.items[0]!;

  const body = { items: [{ invoice_id: first.invoice_id, amount: "250.00" }], pay_on: payOn };
  const made = await portal.POST("/v1/promises", {
    params: { header: { "idempotency-key": "one" } },
    body,
  });
  if (!made.data) throw new Error(made.error.code);

  const tooMuch = { ...body, items: [{ invoice_id: first.invoice_id, amount: "99999.00" }] };
  const refused = await portal.POST("/v1/promises", { body: tooMuch });
  console.log(
    JSON.stringify({
      number: first.invoice_number,
      state: made.data.state,
      amount: made.data.items[0]!.amount,
      refused: refused.error?.code,
    }),
  );
}

const [address, token, payOn] = process.argv.slice(2);
main(address!, token!, payOn!).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
