# SPDX-License-Identifier: Apache-2.0
"""A CA of the stand-in's own and, for each way in which a certificate or a TLS version can be wrong,
a context of it. Made by openssl in a folder that is gone when the stand-in ends."""
import ssl
import subprocess
import warnings


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def make_issuer(folder, name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem", "-days", "2",
            "-subj", f"/CN=stand-in {name}", "-addext", "basicConstraints=critical,CA:TRUE")


def make_certificate(folder, name, issuer, names, days):
    with open(f"{folder}/{name}.ext", "w", encoding="ascii") as file:
        file.write(f"subjectAltName={names}\n")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            f"{folder}/{name}.key", "-out", f"{folder}/{name}.csr", "-subj", "/CN=stand-in")
    openssl("x509", "-req", "-in", f"{folder}/{name}.csr", "-CA", f"{folder}/{issuer}.pem", "-CAkey",
            f"{folder}/{issuer}.key", "-CAcreateserial", "-days", str(days), "-extfile",
            f"{folder}/{name}.ext", "-out", f"{folder}/{name}.pem")


def make_contexts(folder):
    """One TLS context for each way in which a certificate or a version can be wrong."""
    here = "DNS:localhost,DNS:*.amazonaws.com,DNS:*.eu-central-1.amazonaws.com,IP:127.0.0.1,IP:::1"
    make_issuer(folder, "ca")
    make_issuer(folder, "stranger")
    contexts = {}
    for name, issuer, names, days in (
            ("good", "ca", here, 2), ("tls-expired", "ca", here, -1),
            ("tls-wrong-host", "ca", "DNS:elsewhere.example", 2),
            ("tls-unknown-issuer", "stranger", here, 2)):
        make_certificate(folder, name, issuer, names, days)
        contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[name].load_cert_chain(f"{folder}/{name}.pem", f"{folder}/{name}.key")
    old = contexts["tls-old-version"] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(f"{folder}/good.pem", f"{folder}/good.key")
    old.set_ciphers("ALL:@SECLEVEL=0")
    warnings.simplefilter("ignore", DeprecationWarning)   # that it is old is the point
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    return contexts
