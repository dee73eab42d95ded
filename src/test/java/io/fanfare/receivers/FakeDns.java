package io.fanfare.receivers;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A DNS server on loopback that answers each name as the test wants it. */
public final class FakeDns implements AutoCloseable {
  private static final int TTL_SECONDS = 0;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final DatagramChannel channel;
  private final Map<String, Zone> zones = new ConcurrentHashMap<>();

  /** What is said of a name; asked once for each query. */
  interface Zone {
    /**
     * The answer to a query for addresses of one family.
     *
     * @param ipv6 whether it asks for IPv6 addresses
     */
    Answer answer(boolean ipv6);
  }

  /**
   * A response code, and addresses of which those of the other family are left out.
   *
   * @param code negative for no response at all
   */
  record Answer(int code, List<String> addresses) {
    static Answer of(String... addresses) {
      return new Answer(DnsResponseCode.NOERROR.intValue(), List.of(addresses));
    }

    static Answer failing(DnsResponseCode code) {
      return new Answer(code.intValue(), List.of());
    }

    static Answer none() {
      return new Answer(-1, List.of());
    }
  }

  private FakeDns() {
    channel =
        (DatagramChannel)
            new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(
                    new ChannelInitializer<DatagramChannel>() {
                      @Override
                      protected void initChannel(DatagramChannel made) {
                        made.pipeline()
                            .addLast(new DatagramDnsQueryDecoder())
                            .addLast(new DatagramDnsResponseEncoder())
                            .addLast(new Answering());
                      }
                    })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
  }

  /** One that knows no name. */
  public static FakeDns start() {
    return new FakeDns();
  }

  /** Where it listens, as resolvers want it. */
  public String server() {
    return "127.0.0.1:" + channel.localAddress().getPort();
  }

  /** The name has these addresses from now on, IPv4 and IPv6 mixed. */
  public void name(String name, String... addresses) {
    on(name, ipv6 -> Answer.of(addresses));
  }

  /** Queries for the name fail with this code from now on. */
  public void fails(String name, DnsResponseCode code) {
    on(name, ipv6 -> Answer.failing(code));
  }

  /** Queries for the name are not answered from now on. */
  public void silent(String name) {
    on(name, ipv6 -> Answer.none());
  }

  /** Queries for the name are answered so from now on. */
  void on(String name, Zone zone) {
    zones.put(name, zone);
  }

  private final class Answering extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      String name = question.name().toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
      Zone zone = zones.getOrDefault(name, ipv6 -> Answer.failing(DnsResponseCode.NXDOMAIN));
      Answer answer = zone.answer(question.type().equals(DnsRecordType.AAAA));
      if (answer.code() < 0) {
        return;
      }
      DatagramDnsResponse response =
          new DatagramDnsResponse(
              /* sender= */ query.recipient(), /* recipient= */ query.sender(), query.id());
      response.setCode(DnsResponseCode.valueOf(answer.code()));
      response.addRecord(
          DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
      for (String address : answer.addresses()) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        DnsRecordType type = bytes.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA;
        if (type.equals(question.type())) {
          response.addRecord(
              DnsSection.ANSWER,
              new DefaultDnsRawRecord(
                  question.name(), type, TTL_SECONDS, Unpooled.wrappedBuffer(bytes)));
        }
      }
      context.writeAndFlush(response).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
