// What a receiver pastes to verify a signature, with the header name of this installation. Each is a function of the
// raw body, the header's value and the secret, and compares in constant time.

const node = (header) => `const { createHmac, timingSafeEqual } = require('node:crypto');

// body: the raw bytes (Buffer), before any JSON parser; header: request.headers['${header.toLowerCase()}']
function isGenuine(body, header, secret) {
  const expected = Buffer.from('sha256=' + createHmac('sha256', secret).update(body).digest('hex'));
  const given = Buffer.from(String(header));
  return given.length === expected.length && timingSafeEqual(given, expected);
}
`;

const python = (header) => `import hashlib
import hmac


# body: the raw bytes, before any JSON parser; header: request.headers["${header}"]
def is_genuine(body: bytes, header: str, secret: str) -> bool:
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), (header or "").encode())
`;

const java = (header) => `import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

final class Signature {
  /** Of the raw bytes of the body, and the header ${header}. */
  static boolean isGenuine(byte[] body, String header, String secret) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String expected = "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), String.valueOf(header).getBytes(StandardCharsets.UTF_8));
  }
}
`;

const go = (header) => `package receiver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// IsGenuine takes the raw bytes of the body and r.Header.Get("${header}").
func IsGenuine(body []byte, header, secret string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	expected := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(expected), []byte(header))
}
`;

const php = (header) => `<?php
// $body: file_get_contents('php://input'); $header: $_SERVER['HTTP_${header.toUpperCase().replaceAll('-', '_')}'] ?? ''
function is_genuine(string $body, string $header, string $secret): bool
{
    return hash_equals('sha256=' . hash_hmac('sha256', $body, $secret), $header);
}
`;

const ruby = (header) => `require "openssl"

# body: request.body.read; header: request.get_header("HTTP_${header.toUpperCase().replaceAll('-', '_')}")
def genuine?(body, header, secret)
  expected = "sha256=" + OpenSSL::HMAC.hexdigest("SHA256", secret, body)
  OpenSSL.secure_compare(expected, header.to_s)
end
`;

/** The languages, each with its code for installations that use this prefix of header names. */
export function verifiers(prefix) {
  const header = `${prefix}Signature-256`;
  return [
    ['Node.js', node(header)],
    ['Python', python(header)],
    ['Java', java(header)],
    ['Go', go(header)],
    ['PHP', php(header)],
    ['Ruby', ruby(header)],
  ];
}
