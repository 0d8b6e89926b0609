/**
 * Names of ports that Red Hat's /etc/services has and Debian's has not, for ports in front of which directors stand: they
 * are in listings without `-n`. Source: IANA's Service Name and Transport Protocol Port Number Registry.
 */
const REGISTERED = `1521 ncube-lm 1883 mqtt 1935 macromedia-fcs 2181 eforward 2379 etcd-client 2380 etcd-server 3000 hbci
3268 msft-gc 3269 msft-gc-ssl 5000 commplex-main 6443 sun-sr-https 7000 afs3-fileserver 7001 afs3-callback
8000 irdmi 8001 vcom-tunnel 8082 us-cli 8083 us-srv 8181 intermapper 8443 pcsync-https 8500 fmtp
8883 secure-mqtt 8888 ddi-tcp-1 9000 cslistener 9001 etlservicemgr 9090 websm 9092 XmlIpcRegSvc 9200 wap-wsp
9443 tungsten-https 10000 ndmp 11211 memcache`;

/**
 * Puts the port in place of its name, where it is one of these.
 *
 * @param endpoint - An endpoint of a listing.
 * @returns For example `192.0.2.1:8443` for `192.0.2.1:pcsync-https`; the endpoint itself without such a name.
 */
export function withRegisteredPort(endpoint: string): string {
  const [, address, name] = /^(.*:)([A-Za-z][\w-]*)$/.exec(endpoint) ?? [];
  const port = new RegExp(`(\\d+) ${name}\\b(?!-)`).exec(REGISTERED)?.[1];
  return address === undefined || port === undefined ? endpoint : address + port;
}
