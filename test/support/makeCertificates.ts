/** An authority of a test, and a certificate of it for 127.0.0.1, made by openssl as an installation would have them. */
import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import path from "node:path"

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

const openssl = (...args: ReadonlyArray<string>): void => {
  const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" })
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}; apt-get install openssl?`)
}

/** Makes them in a folder; good for two days. */
export const makeCertificates = (folder: string): Certificates => {
  const at = (name: string) => path.join(folder, name)
  const [ca, caKey, certificate, key] = [at("ca.crt"), at("ca.key"), at("broker.crt"), at("broker.key")]
  const [request, names] = [at("broker.csr"), at("names")]
  writeFileSync(names, "subjectAltName=IP:127.0.0.1\n")
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
  const signed = ["-CA", ca, "-CAkey", caKey, "-CAcreateserial", "-days", "2", "-extfile", names]
  openssl("req", "-x509", ...made, "-keyout", caKey, "-out", ca, "-days", "2", "-subj", "/CN=Test authority")
  openssl("req", ...made, "-keyout", key, "-out", request, "-subj", "/CN=127.0.0.1")
  openssl("x509", "-req", "-in", request, "-out", certificate, ...signed)
  return { ca, certificate, key }
}
