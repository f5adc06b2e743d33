# Sends one message with Python's cryptography package: both layers RSA-OAEP-256+A256GCM.
# python3 send_python.py card.json < text        (the recipient has RSA keys: envelope keygen --type rsa-3072)
import base64, datetime, hashlib, json, os, sys, urllib.request, uuid
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SUITE = 'RSA-OAEP-256+A256GCM'
card = json.load(open(sys.argv[1]))
text = sys.stdin.read().rstrip()


def context(*parts):
    return '\n'.join(('polypost-envelope/1',) + parts).encode()


def ask(path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(card['base_url'] + path, data, headers)
    return json.load(urllib.request.urlopen(request))


def load(pem):
    return serialization.load_pem_public_key(pem.encode())


def spki(key):
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def fingerprint(pem):
    return hashlib.sha256(spki(load(pem))).hexdigest()


def canonical(message):  # RFC 8785 for flat objects like ours
    return json.dumps(message, ensure_ascii=False, separators=(',', ':'), sort_keys=True)


def seal(pem, aad, plaintext):
    key, iv = os.urandom(32), os.urandom(12)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    data = iv + AESGCM(key).encrypt(iv, plaintext.encode(), aad)
    return {'data': base64.b64encode(data).decode(), 'algorithm': SUITE, 'password': base64.b64encode(load(pem).encrypt(key, oaep)).decode()}


to = ask(f"/api/v1/user/{card['user_id']}/key", Authorization=f"Token {card['token']}")
statement = context('key', fingerprint(to['identity_key']), fingerprint(to['encryption_key']), to['key_created'])
pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
load(to['identity_key']).verify(base64.b64decode(to['key_signature']), statement, pss, hashes.SHA256())  # raises when wrong
assert fingerprint(to['identity_key']) == card['identity_fp'], 'these are not the keys of the card'

me = ed25519.Ed25519PrivateKey.generate()
date = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec='milliseconds').replace('+00:00', 'Z')
message = {'data': text, 'data_type': 1, 'date': date, 'key': base64.b64encode(spki(me.public_key())).decode()}
id = str(uuid.uuid4())
message['signature'] = base64.b64encode(me.sign(context('signature', id, card['user_id'], fingerprint(to['encryption_key']), canonical(message)))).decode()
packet = {'id': id, 'user_id': card['user_id'], 'token': card['token'], **seal(to['encryption_key'], context('message', SUITE, id, card['user_id']), canonical(message))}
server = ask('/api/v1/server/key?type=rsa')
body = seal(server['public_key'], context('packet', SUITE), json.dumps(packet))
print(ask('/api/v1/message', body, **{'Content-Type': 'application/json'}))
